"""Events on real Kafka: nothing lost, nothing twice, nothing out of order."""
