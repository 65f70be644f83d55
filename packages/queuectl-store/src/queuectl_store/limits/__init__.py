"""How many may run at once, and how fast: queues, keys, groups, resources, slots and rates."""
