"""The application that granian serves."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from epiloop.project import leash
from epiloop.project.home import current_installation
from epiloop.project.wiring import wire

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "epiloop.project.settings")
leash.fasten_to_parent()
wire(current_installation(), hurried=True)

application = get_wsgi_application()
wire(settings.INSTALLATION, hurried=True)

# What is loaded now stays for good: the collector need not look through it while somebody waits for a page.
gc.collect()
gc.freeze()
