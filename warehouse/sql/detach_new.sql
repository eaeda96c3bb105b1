DETACH new_file;
