namespace vigia {}
