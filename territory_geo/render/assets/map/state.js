// What the layers and panels of one map share: scenario, highlight, what colours mean, what the pointer is on.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;

  const Plan = L.Evented.extend({
    initialize: function (data) {
      this.data = data;
      // The last plan is the one that is proposed; the switch goes back to the others.
      this.index = data.scenarios.length - 1;
      this.now = data.scenarios[this.index];
      this.view = null;
      this.dark = false;
      this.under = null;
      this.pick = null;
      this.highlighted = null;
      this.source = null;
      if (data.changes) this.before = TG.array(data.changes.codes);
    },

    highlight: function (index, source) {
      if (index === this.highlighted) return;
      const before = this.highlighted;
      this.highlighted = index;
      this.source = index === null ? null : source;
      this.fire("highlight", { index: index, before: before, source: source });
    },

    show: function (index) {
      if (index === this.index) return;
      this.highlight(null, null);
      this.under = null;
      this.index = index;
      this.now = this.data.scenarios[index];
      if (this.view !== null && this.view >= this.now.views.length) this.view = null;
      this.fire("scenario");
    },

    // What fills mean: null for each territory's own colour, else the number of a view.
    shade: function (view) {
      this.view = view;
      this.fire("shade");
    },

    setDark: function (dark) {
      this.dark = dark;
      this.fire("theme");
    },

    fill: function (index) {
      if (this.view === null) return this.now.fills[index];
      return TG.diverging(this.now.views[this.view].deviations[index] / TG.range(this), this.dark);
    },

    dot: function (index) {
      return (this.dark ? this.now.lights : this.now.darks)[index];
    },

    // The territory that belongs to whoever had an account before; -1 where there is none, null where nobody had it.
    ownerBefore: function (account) {
      const code = this.before ? this.before[account] : -1;
      return code < 0 ? null : this.data.changes.owner[this.index][code];
    },

    hasMoved: function (account, territory) {
      if (!this.before || this.data.changes.isBefore[this.index]) return false;
      const owner = this.ownerBefore(account);
      return owner !== null && owner !== territory;
    },

    find: function (id) {
      return this.now.territories.findIndex((item) => item.id === id);
    },
  });

  TG.plan = function (id) {
    const data = TG.payload(id);
    return data.scenarios ? new Plan(data) : { data: data };
  };
})();
