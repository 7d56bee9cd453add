"""The graph of tasks: editions, papermill, the staged site and its swap."""
