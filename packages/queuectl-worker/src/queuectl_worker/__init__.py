"""Running claimed QueueCTL jobs; embeddable in other programs."""
