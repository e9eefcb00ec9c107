"""How soon, how often and at what cost are subscribers told: sockets, groups and rates, beside the bars and the peers."""
