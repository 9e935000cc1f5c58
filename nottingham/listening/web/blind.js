// The blind test. Answers stay in this browser until the listener saves them as a file.

const QUESTIONS = [
  ["person", "Which was written by a person?"],
  ["play", "Which would you rather play?"],
];
const SIDES = ["a", "b"];

function blindTest({ page, measures, pairs }) {
  const place = document.getElementById("test");
  const key = `nottingham-listening-${page}`;
  let state = restored() ?? fresh();

  function fresh() {
    const drawn = crypto.getRandomValues(new Uint8Array(8));
    const listener = Array.from(drawn, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { listener, at: 0, saved: false, answers: pairs.map(() => ({})) };
  }

  function restored() {
    try {
      const found = JSON.parse(localStorage.getItem(key));
      return found?.answers?.length === pairs.length ? found : null;
    } catch {
      return null; // damaged, or a browser that keeps nothing for files
    }
  }

  function keep() {
    try {
      localStorage.setItem(key, JSON.stringify(state));
    } catch {
      // the answers are kept until the page is left
    }
  }

  const done = (answer) => QUESTIONS.every(([name]) => answer[name]);
  const answered = () => state.answers.filter(done).length;

  /** Go to a pair, or behind the last one to the end. */
  function go(at) {
    state.at = Math.max(0, Math.min(at, pairs.length));
    show();
    place.querySelector("h3").focus();
  }

  function show() {
    keep();
    if (state.saved) place.replaceChildren(...revealed());
    else place.replaceChildren(...(state.at < pairs.length ? question(state.at) : end()));
  }

  function progress() {
    return make("progress", { max: pairs.length, value: answered(), "aria-label": "Pairs answered" });
  }

  function question(at) {
    const { sounds } = pairs[at];
    return [
      make("h3", { tabindex: -1 }, `Pair ${at + 1} of ${pairs.length}`),
      progress(),
      make("div", { class: "excerpts" }, ...SIDES.map((side) => make("figure", {},
        make("figcaption", {}, `Excerpt ${side.toUpperCase()}`),
        player(sounds[side], `Pair ${at + 1}, excerpt ${side.toUpperCase()}`)))),
      make("form", { id: "answers", submit: (event) => { event.preventDefault(); next(); } },
        ...QUESTIONS.map(([name, text]) => make("fieldset", {},
          make("legend", {}, text),
          ...SIDES.map((side) => make("label", {},
            make("input", { type: "radio", name, value: side, checked: state.answers[at][name] === side,
              change: () => answer(name, side) }),
            ` Excerpt ${side.toUpperCase()}`)))),
        make("p", { class: "buttons" },
          make("button", { type: "button", disabled: at === 0, click: () => go(at - 1) }, "Back"),
          make("button", { type: "submit", class: "main" }, at + 1 < pairs.length ? "Next" : "Finish")),
        make("p", { role: "status", id: "said" })),
    ];
  }

  function answer(name, side) {
    state.answers[state.at][name] = side;
    keep();
    place.querySelector("progress").value = answered();
    say(done(state.answers[state.at]) ? `Pair ${state.at + 1} answered. ${answered()} of ${pairs.length} in all.` : "");
  }

  function say(text) {
    document.getElementById("said").textContent = text;
  }

  function next() {
    if (!done(state.answers[state.at])) return say("Please answer both questions: a guess will do.");
    go(state.at + 1);
  }

  function end() {
    const open = state.answers.findIndex((answer) => !done(answer));
    if (open >= 0) return question((state.at = open));
    return [
      make("h3", { tabindex: -1 }, "That was the last pair"),
      progress(),
      make("p", {}, `You answered all ${pairs.length}. Once your answers are saved, they cannot be changed, and you see who wrote what.`),
      make("p", { class: "buttons" },
        make("button", { type: "button", click: () => go(pairs.length - 1) }, "Back"),
        make("button", { type: "button", class: "main", click: save }, "Save my answers")),
    ];
  }

  function save() {
    const link = make("a", {
      href: URL.createObjectURL(new Blob([JSON.stringify(file(), null, 2) + "\n"], { type: "application/json" })),
      download: `listening-${new Date().toISOString().slice(0, 10)}-${state.listener.slice(0, 4)}.json`,
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    state.saved = true;
    go(pairs.length);
  }

  /** What `nottingham listening-results` reads. */
  function file() {
    const answers = pairs.map(({ pair, model, tune, person }, i) => ({
      pair, model, tune,
      person: state.answers[i].person === person,
      play: state.answers[i].play === person,
    }));
    return { nottingham: "listening", version: 1, page, listener: state.listener, answers };
  }

  function revealed() {
    const { answers } = file();
    const times = (name) => answers.filter((answer) => answer[name]).length;
    return [
      make("h3", { tabindex: -1 }, "Who wrote what"),
      make("p", {}, `You recognised the person in ${times("person")} of ${count(pairs.length, "pair")}, ` +
        `where guessing gives about ${pairs.length / 2}, and would rather play the person's tune in ${times("play")}.`),
      make("table", { "aria-label": "Who wrote what, pair by pair" },
        make("thead", {}, make("tr", {}, ...["Pair", "By a person", "By a model", "Correct", "Rather play"].map((name) => make("th", { scope: "col" }, name)))),
        make("tbody", {}, ...pairs.map((pair, i) => make("tr", {},
          make("th", { scope: "row" }, String(pair.pair)),
          make("td", { class: "title" }, `${pair.person.toUpperCase()}: ${pair.title} (${pair.tune})`),
          make("td", {}, pair.model),
          make("td", {}, answers[i].person ? "yes" : "no"),
          make("td", {}, answers[i].play ? "person" : "model"))))),
      make("p", {}, "Send the file to whoever asked you to listen. ", make("code", {}, "nottingham listening-results FILE …"), " sums such files up."),
      make("p", { class: "buttons" },
        make("button", { type: "button", click: save }, "Save again"),
        make("button", { type: "button", click: () => { state = fresh(); go(0); } }, "Forget my answers")),
    ];
  }

  /** Keys 1 and 2 answer the first question that is open; then the button has the focus. */
  function typed(event) {
    if (state.saved || state.at >= pairs.length) return;
    const side = SIDES[["1", "2"].indexOf(event.key)];
    const open = QUESTIONS.find(([name]) => !state.answers[state.at]?.[name]);
    if (!side || !open || event.ctrlKey || event.altKey || event.metaKey) return;
    place.querySelector(`input[name="${open[0]}"][value="${side}"]`).checked = true;
    answer(open[0], side);
    if (done(state.answers[state.at])) place.querySelector("button[type=submit]").focus();
  }

  document.getElementById("asked").textContent =
    `Each pair is ${count(measures, "measure")} by a person and ${count(measures, "measure")} by a model, going on from ` +
    "the same beginning, which is left out. Your answers stay in this browser until you save them as a file. With the keyboard, inside the " +
    "test: 1 or 2 answers the next open question with A or B, and Enter goes on.";
  document.getElementById("blind").addEventListener("keydown", typed);
  show();
}

if (data.blind.pairs.length) {
  blindTest(data.blind);
} else {
  document.getElementById("blind").remove();
  document.getElementById("to-blind").remove();
}
