"""The hub: one per site; stores every order and feeds every screen."""
