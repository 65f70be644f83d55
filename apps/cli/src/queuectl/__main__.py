"""`python -m queuectl`: the program where its script is not on the PATH."""

from queuectl.app import main

if __name__ == "__main__":
    main()
