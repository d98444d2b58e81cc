// The map: fetched only when asked for; the list beside it says the same and stays the way for keyboards and readers.
const box = document.querySelector("[data-map]");
const load = (tag, attributes) =>
  new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes, { onload: resolve, onerror: reject });
    document.head.append(element);
  });

const draw = () => {
  const map = L.map(box.querySelector(".map"), { scrollWheelZoom: false, keyboard: false });
  map.attributionControl.setPrefix(false);
  L.control.scale().addTo(map);
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution, maxZoom: 18 }).addTo(map);
  const points = [];
  for (const card of document.querySelectorAll("[data-lat]")) {
    const point = [Number(card.dataset.lat), Number(card.dataset.lon)];
    const label = document.createElement("a");
    label.href = `#${card.id}`;
    label.textContent = card.querySelector("h2 a").textContent;
    const marker = L.circleMarker(point, { radius: 9, className: "marker" }).addTo(map).bindPopup(label);
    // Without tiles the names are what tells one point from another.
    if (!box.dataset.tiles) marker.bindTooltip(label.cloneNode(true), { permanent: true, direction: "auto", offset: [0, 0] });
    points.push(point);
  }
  map.fitBounds(points, { padding: [32, 32], maxZoom: 13 });
};

if (box) {
  const button = box.querySelector("button");
  box.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await Promise.all([load("link", { rel: "stylesheet", href: box.dataset.css }), load("script", { src: box.dataset.script })]);
      box.querySelector(".map").hidden = false;
      button.hidden = true;
      draw();
    } catch {
      button.disabled = false;
    }
  });
}
