"""The LAN link: find a hub, stay connected, replicate, command."""
