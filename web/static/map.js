// The map stands beside the list where there is room for both; elsewhere it is fetched only when asked for. The list says
// the same and stays the way for keyboards and readers.
const box = document.querySelector("[data-map]");
const load = (tag, attributes) =>
  new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes, { onload: resolve, onerror: reject });
    document.head.append(element);
  });

// What stands at one point is named together: a house may hold several therapists.
const group = () => {
  const groups = new Map();
  for (const card of document.querySelectorAll("[data-lat]")) {
    const key = `${card.dataset.lat},${card.dataset.lon}`;
    groups.set(key, [...(groups.get(key) || []), card]);
  }
  return groups.values();
};
const name = (cards, linked) => {
  const label = document.createElement("div");
  for (const card of cards.slice(0, 6)) {
    const line = document.createElement(linked && card.id ? "a" : "span");
    if (line.matches("a")) line.href = `#${card.id}`;
    line.textContent = card.dataset.name || card.querySelector("h2 a").textContent;
    label.append(line);
  }
  if (cards.length > 6) label.append(`+ ${cards.length - 6}`);
  return label;
};

const draw = () => {
  const map = L.map(box.querySelector(".map"), { scrollWheelZoom: false, keyboard: false });
  map.attributionControl.setPrefix(false);
  L.control.scale().addTo(map);
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution, maxZoom: 18 }).addTo(map);
  const points = [];
  for (const cards of group()) {
    const point = [Number(cards[0].dataset.lat), Number(cards[0].dataset.lon)];
    const marker = L.circleMarker(point, { radius: 9, className: "marker" }).addTo(map).bindPopup(name(cards, true));
    // Without tiles the names are what tells one point from another; they are words alone, for nobody can press them.
    // Each stands on the side of its point that has more room, so that the map's edge cuts none.
    if (!box.dataset.tiles) marker.bindTooltip(name(cards, false), { permanent: true, direction: "auto", offset: [4, 0] });
    points.push(point);
  }
  map.fitBounds(points, { padding: [32, 32], maxZoom: 13 });
};

if (box) {
  const button = box.querySelector("button");
  const show = async () => {
    button.disabled = true;
    try {
      await Promise.all([load("link", { rel: "stylesheet", href: box.dataset.css }), load("script", { src: box.dataset.script })]);
      box.querySelector(".map").hidden = false;
      button.hidden = true;
      draw();
    } catch {
      button.disabled = false;
    }
  };
  box.hidden = false;
  button.addEventListener("click", show);
  const hasRoom = box.dataset.map === "beside" && matchMedia("(min-width: 1160px)").matches;
  if (hasRoom && !navigator.connection?.saveData) addEventListener("load", () => setTimeout(show));
}
