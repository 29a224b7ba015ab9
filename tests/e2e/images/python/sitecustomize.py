"""Shows Debian's packages to every interpreter of this image, those of virtual environments included."""

import sys

DEBIAN = "/usr/lib/python3/dist-packages"
if DEBIAN not in sys.path:
    sys.path.append(DEBIAN)
