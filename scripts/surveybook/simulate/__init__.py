"""The one place that makes simulated replicates of the answers."""
