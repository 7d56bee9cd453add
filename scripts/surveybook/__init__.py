"""Survey data in, a living article out.

The rooms, each importing only those above it: core, process, analyse, disseminate,
simulate, build, cli.
"""
