// "Near me": offered only where the browser can answer, asked for only when pressed; the point is rounded to about a kilometre.
const field = document.getElementById("near");
const offer = document.querySelector("[data-near]");
if (field && offer && "geolocation" in navigator && window.isSecureContext) {
  offer.hidden = false;
  offer.addEventListener("click", () => {
    offer.disabled = true;
    navigator.geolocation.getCurrentPosition(
      (position) => {
        field.value = `${position.coords.latitude.toFixed(2)}, ${position.coords.longitude.toFixed(2)}`;
        offer.disabled = false;
        field.focus();
      },
      () => {
        offer.disabled = false;
        field.placeholder = offer.dataset.failed;
        field.focus();
      },
      { timeout: 10000, maximumAge: 600000 },
    );
  });
}
