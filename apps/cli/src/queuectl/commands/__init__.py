"""The commands, a noun each: they read options, call the packages and print. No SQL, no policy."""
