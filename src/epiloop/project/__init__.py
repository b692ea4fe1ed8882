"""Where the real parts are wired together: the installation, its databases, settings and the supervisor."""
