// What both parts of the page share. Text from outside only ever becomes text nodes and attributes.

const data = JSON.parse(document.getElementById("data").textContent);
const SVG = "http://www.w3.org/2000/svg";

/** Make an element; strings among the children become text. */
function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** Make an element of a drawing. */
function draw(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Make a player; its sound is not loaded before it is wanted. */
function player(sound, label) {
  return make("audio", { controls: true, preload: "none", src: sound, "aria-label": label });
}

/** Write a number of things: 1 note, 2 notes. */
function count(number, thing) {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

// One at a time
document.addEventListener("play", (event) => {
  for (const other of document.querySelectorAll("audio")) {
    if (other !== event.target) other.pause();
  }
}, true);
