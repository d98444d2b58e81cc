// One key an act: the keys are shown on the buttons, and never fire while somebody types.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, a, button, summary")) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (target) {
    event.preventDefault();
    target.click();
    if (target.tagName === "SUMMARY") target.parentElement.querySelector("select").focus();
  }
});
