// The build of MapLibre GL whose worker is a file of its own, so that the content policy stays strict.
declare module "maplibre-gl/dist/maplibre-gl-csp" {
  export * from "maplibre-gl";
}
declare module "*?url" {
  const address: string;
  export default address;
}
