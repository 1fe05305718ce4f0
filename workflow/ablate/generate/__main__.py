"""`python -m ablate.generate` writes everything that is generated from the code anew."""

from ablate.generate import config_schema, metrics_schema, vocabulary

if __name__ == "__main__":
    vocabulary.main()
    config_schema.main()
    metrics_schema.main()
