"""What torchrun starts in each process."""

from .training import main

if __name__ == "__main__":
    main()
