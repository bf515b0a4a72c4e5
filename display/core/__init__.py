"""Pure decisions of a screen: board, layout, paging, ages, intents."""
