"""How a field moves: papers counted over time, what rises and fades, and a map of all."""
