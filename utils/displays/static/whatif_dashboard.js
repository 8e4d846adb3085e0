const dashboard = (() => {
  const view = document.getElementById("wit");
  const names = [
    "infer-examples", "delete-example", "duplicate-example", "update-example", "get-eligible-features",
    "sort-eligible-features", "infer-mutants", "compute-custom-distance",
  ];
  const ready = new Promise((done) => {
    const look = () => (view.updateExampleContents ? done() : requestAnimationFrame(look));
    look();
  });
  const paired = (config, first, second) =>
    second in config ? `${config[first]},${config[second]}` : config[first];
  const actions = {
    config(config) {
      if ("inference_address" in config) {
        view.inferenceAddress = paired(config, "inference_address", "inference_address_2");
      }
      if ("model_name" in config) view.modelName = paired(config, "model_name", "model_name_2");
      if ("model_type" in config) view.modelType = config.model_type;
      if ("are_sequence_examples" in config) view.sequenceExamples = config.are_sequence_examples;
      if ("max_classes" in config) view.maxInferenceEntriesPerRun = config.max_classes;
      if ("multiclass" in config) view.multiClass = config.multiclass;
      view.updateNumberOfModels();
      if ("target_feature" in config) view.selectedLabelFeature = config.target_feature;
      view.customDistanceFunctionSet = "uses_custom_distance_fn" in config;
    },
    examples({ examples, sprite }) {
      view.hasSprite = Boolean(sprite);
      view.localAtlasUrl = sprite;
      view.updateSprite();
      if (examples.length) view.updateExampleContents(examples, false);
    },
    start({ config, examples, sprite }) {
      actions.config(config);
      actions.examples({ examples, sprite });
    },
    inferences(found) {
      view.labelVocab = found.label_vocab;
      view.inferences = found.inferences;
      view.extraOutputs = { indices: found.inferences.indices, extra: found.extra_outputs };
    },
    features(found) {
      view.partialDepPlotEligibleFeatures = found;
    },
    chart({ chartType, feature, data }) {
      view.makeChartForFeature(chartType, feature, data);
    },
    distances(found) {
      view.invokeCustomDistanceCallback(found);
    },
    error(message) {
      view.handleError(message);
    },
  };
  return {
    ready,
    resize(height) {
      view.style.height = `${height}px`;
    },
    listen(heard) {
      for (const name of names) view.addEventListener(name, (event) => heard(name, event.detail));
    },
    apply(name, value) {
      if (name in actions) actions[name](value);
    },
  };
})();
