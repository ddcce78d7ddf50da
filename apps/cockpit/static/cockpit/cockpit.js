// The little that pages need besides htmx: panel, palette, menu, copying. No state of its own.
(() => {
  const one = (query) => document.querySelector(query);
  const dark = () => matchMedia("(prefers-color-scheme: dark)").matches;

  const openPanel = (address) => {
    one("#panel-body").innerHTML = '<div class="loading"></div>';
    if (!one("#panel").open) one("#panel").showModal();
    htmx.ajax("GET", address, { target: "#panel-body", swap: "innerHTML" });
  };
  const openPalette = () => {
    const palette = one("#palette");
    if (!palette || palette.open) return;
    palette.showModal();
    const input = palette.querySelector("input");
    input.select();
    htmx.trigger(input, "open");
  };
  const options = () => [...document.querySelectorAll("#found [role=option]")];
  const choose = (step) => {
    const all = options();
    if (!all.length) return;
    const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    const next = step === 0 ? 0 : (at + step + all.length) % all.length;
    all.forEach((one, place) => one.setAttribute("aria-selected", place === next));
    all[next].scrollIntoView({ block: "nearest" });
  };
  const switchTheme = () => {
    const root = document.documentElement;
    const now = root.dataset.theme || (dark() ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  };
  const toggleMenu = (button) => {
    const open = document.body.classList.toggle("menu-open");
    button.setAttribute("aria-expanded", open);
  };
  const copy = async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 1200);
  };
  const actions = {
    "[data-palette]": openPalette,
    "[data-theme-switch]": switchTheme,
    "[data-menu]": toggleMenu,
    "[data-copy]": copy,
    "[data-reload]": () => location.reload(),
    "[data-close]": (button) => {
      const panel = button.closest("dialog");
      if (panel) panel.close();
      else history.back();
    },
  };

  document.addEventListener("click", (event) => {
    for (const [query, act] of Object.entries(actions)) {
      const found = event.target.closest(query);
      if (found) return act(found);
    }
    const link = event.target.closest("a[data-panel]");
    if (link && !event.ctrlKey && !event.metaKey && one("#panel")) {
      event.preventDefault();
      one("#palette").close();
      link.closest("details")?.removeAttribute("open");
      return openPanel(link.getAttribute("href"));
    }
    if (event.target.tagName === "DIALOG") event.target.close();
    document.querySelectorAll("details.more[open], details.me[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    });
  });
  document.addEventListener("keydown", (event) => {
    const typing = /INPUT|TEXTAREA|SELECT/.test(event.target.tagName);
    if ((event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing)) {
      event.preventDefault();
      return openPalette();
    }
    if (!event.target.closest("#palette")) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? 1 : -1);
    }
    if (event.key === "Enter") {
      event.preventDefault();
      const chosen = options().find((one) => one.getAttribute("aria-selected") === "true");
      if (!chosen) return;
      sessionStorage.setItem("came", "palette");
      chosen.click();
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "found") choose(0);
    if (event.target.id === "rows") {
      const link = one("[data-csv]");
      link.href = link.href.split("?")[0] + location.search;
    }
    if (event.target.id === "panel-body") {
      const first = event.target.querySelector("[autofocus], .wrong input, select, textarea, input:not([type=hidden])");
      first?.focus();
    }
  });
  // Whoever came by the palette goes on with the keyboard.
  if (sessionStorage.getItem("came") === "palette") {
    sessionStorage.removeItem("came");
    one(".head .acts .button")?.focus();
  }
  document.addEventListener("htmx:sendError", () => {
    const flashes = one(".flashes");
    if (flashes) flashes.innerHTML = '<p class="flash error">The server did not answer. Look at your connection and try again.</p>';
  });
})();
