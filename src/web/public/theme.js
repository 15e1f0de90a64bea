// Runs before the style sheets, so that the page never shows in the wrong theme first; a file, because inline scripts are forbidden.
const theme = localStorage.getItem('parlor.theme')
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
