meta: []
