// Copies the browser code that npm brought into web/static/vendor, so that the site never fetches from a third party.
import { cpSync, mkdirSync } from "node:fs";

const target = "web/static/vendor";
mkdirSync(target, { recursive: true });
cpSync("node_modules/leaflet/dist/leaflet.js", `${target}/leaflet.js`);
cpSync("node_modules/leaflet/dist/leaflet.css", `${target}/leaflet.css`);
cpSync("node_modules/leaflet/dist/images", `${target}/images`, { recursive: true });
