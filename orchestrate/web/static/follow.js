// Follows the server-sent events of a page: an event goes into the part of its name, in place of what is there or,
// with data-add, after it. The event "over" ends it. The htmx that this page has brings an extension for this that is
// written for the htmx before it and swaps nothing.
for (const place of document.querySelectorAll("[data-follow]")) {
  const source = new EventSource(place.dataset.follow);
  for (const part of place.querySelectorAll("[data-event]")) {
    const swapStyle = "add" in part.dataset ? "beforeend" : "innerHTML";
    source.addEventListener(part.dataset.event, (event) => htmx.swap(part, event.data, { swapStyle }));
  }
  source.addEventListener("over", () => source.close());
}
