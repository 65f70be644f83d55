SELECT :now AS anon_1
