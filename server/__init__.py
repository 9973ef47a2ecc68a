"""The district server: intake, database, console, public pages, command line."""
