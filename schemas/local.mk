# One line a schema: dist_schemas_DATA += %D%/….sonde
