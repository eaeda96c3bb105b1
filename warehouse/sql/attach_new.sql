ATTACH '__path__' AS new_file;
