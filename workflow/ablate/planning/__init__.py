"""From config to plan, from plan to products, and which of them are due."""
