"""Jobs that come again and again, exactly one a slot."""
