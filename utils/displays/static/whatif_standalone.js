dashboard.ready.then(() => {
  dashboard.resize(data.height);
  dashboard.listen((name) => {
    if (name === "infer-examples" && data.inferences) {
      dashboard.apply("inferences", JSON.parse(JSON.stringify(data.inferences)));
    } else if (name === "get-eligible-features") {
      dashboard.apply("features", data.features);
    } else if (name === "infer-mutants" || name === "infer-examples") {
      dashboard.apply("error", "This page was saved without its model: run the notebook to ask for new predictions.");
    }
  });
  dashboard.apply("start", data);
  frame.fit();
});
