ATTACH '__path__' AS new_file (STORAGE_VERSION 'v1.5.0');
