// Starts Flutter's engine: CanvasKit, from our own folder, without Flutter's own service worker.
"use strict";

(() => {
  const { flet, beatbook } = globalThis;
  const config = {
    renderer: "canvaskit",
    canvasKitVariant: beatbook.canvasKit,
    canvasKitBaseUrl: flet.canvasKitBaseUrl,
    fontFallbackBaseUrl: flet.fontFallbackBaseUrl,
    entrypointBaseUrl: flet.entrypointBaseUrl,
    assetBase: flet.assetBase,
    multiViewEnabled: flet.multiView,
  };
  flet.flutterAppLoaded = new Promise((resolve) => { flet.flutterAppResolve = resolve; });
  _flutter.buildConfig = {
    engineRevision: "/*{ENGINE}*/",
    builds: [{ compileTarget: "dart2js", renderer: "canvaskit", mainJsPath: "main.dart.js" }],
  };
  _flutter.loader.load({
    config,
    onEntrypointLoaded: async (initializer) => {
      beatbook.tell("flutter");
      const engine = await initializer.initializeEngine(config);
      flet.flutterApp = await engine.runApp();
      flet.flutterAppResolve(flet.flutterApp);
    },
  });

  // WebKit brings a Flutter app back from its back/forward cache with frames that are never drawn; only a fresh page
  // helps. Drafts are kept with every answer, so nothing is lost.
  addEventListener("pageshow", (event) => {
    if (event.persisted && navigator.vendor?.startsWith("Apple")) location.reload();
  });
})();
