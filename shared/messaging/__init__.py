"""Events on Kafka: sent by the relay, heard by the inbox and by subscriptions."""
