const overview = document.getElementById("facets");
overview.protoInput = data.proto;
