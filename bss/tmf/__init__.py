"""TM Forum's common conventions (TMF630), once for all APIs: declare a resource, get its routes."""
