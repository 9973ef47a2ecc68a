"""Pictures of the app, the public pages and the console: `make screenshots`."""
