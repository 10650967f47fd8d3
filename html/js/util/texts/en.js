/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * English.  Every text of the pages is here; the other tables follow it.
 */


export default {
    'product': 'Conference',

    'lobby.title': 'Ready to join?',
    'lobby.speaker': 'You are about to join',
    'lobby.view': 'You are about to watch',
    'lobby.name': 'Your name',
    'lobby.name.example': 'What others call you',
    'lobby.name.missing': 'Please enter a name, so that others know you.',
    'lobby.join': 'Join',
    'lobby.joining': 'Joining…',
    'lobby.preview': 'Your camera',
    'lobby.level': 'Level of your microphone',

    'device.microphone': 'Microphone',
    'device.camera': 'Camera',
    'device.speaker': 'Speaker',
    'device.default': 'System default',
    'device.number': 'Device {number}',
    'device.insecure': 'This page is not on HTTPS, so the browser gives it '
        + 'no camera and no microphone. You can join to watch and listen.',
    'device.microphone.refused': 'The browser was not allowed to use the '
        + 'microphone. Allow it in the address bar, then switch it on here.',
    'device.microphone.missing': 'No microphone was found. You can join '
        + 'without one, or plug one in.',
    'device.microphone.busy': 'The microphone is in use by another program. '
        + 'Close that program, then try again.',
    'device.microphone.failed': 'The microphone could not be opened. Try '
        + 'another one.',
    'device.camera.refused': 'The browser was not allowed to use the camera. '
        + 'Allow it in the address bar, then switch it on here.',
    'device.camera.missing': 'No camera was found. You can join without one, '
        + 'or plug one in.',
    'device.camera.busy': 'The camera is in use by another program. Close '
        + 'that program, then try again.',
    'device.camera.failed': 'The camera could not be opened. Try another '
        + 'one.',
    'device.screen.refused': 'The browser was not allowed to share the '
        + 'screen.',
    'device.screen.missing': 'There is no screen to share.',
    'device.screen.busy': 'The screen could not be captured. Try again.',
    'device.screen.failed': 'The screen could not be shared. Try again.',
    'device.speaker.failed': 'This speaker could not be used. Choose another '
        + 'one.',
    'publish.microphone': 'Your microphone could not be sent to this '
        + 'meeting.',
    'publish.camera': 'Your camera could not be sent to this meeting.',

    'control.microphone': 'Microphone',
    'control.microphone.on': 'Turn on the microphone',
    'control.microphone.off': 'Turn off the microphone',
    'control.microphone.choose': 'Choose microphone and speaker',
    'control.camera': 'Camera',
    'control.camera.on': 'Turn on the camera',
    'control.camera.off': 'Turn off the camera',
    'control.camera.choose': 'Choose a camera',
    'control.screen': 'Share the screen',
    'control.screen.on': 'Share your screen',
    'control.screen.off': 'Stop sharing your screen',
    'control.hand': 'Raise hand',
    'control.hand.up': 'Raise your hand',
    'control.hand.down': 'Lower your hand',
    'control.leave': 'Leave the meeting',

    'panel.chat': 'Chat',
    'panel.chat.unread': 'Chat, {count} unread messages',
    'panel.chat.unread.one': 'Chat, one unread message',
    'panel.people': 'People',
    'panel.people.count': 'People, {count} in the meeting',
    'panel.close': 'Close',
    'panel.full.on': 'Fill the screen',
    'panel.full.off': 'Leave the full screen',

    'chat.empty': 'Nothing has been written yet. Messages are seen by '
        + 'everyone in the meeting.',
    'chat.write': 'Write to everyone',
    'chat.send': 'Send',
    'chat.you': 'You',
    'chat.left': '{count} characters left',
    'chat.failed': 'Your message was not sent. Try again.',

    'people.you': '{name} (you)',
    'people.came': '{name} joined',
    'people.went': '{name} left',
    'people.watches': 'watching',
    'people.microphone.on': 'Microphone on',
    'people.microphone.off': 'Microphone off',
    'people.camera.on': 'Camera on',
    'people.camera.off': 'Camera off',

    'hand.up': 'Hand raised',
    'hand.failed': 'Your hand could not be raised. Try again.',

    'tile.video': 'Video of {name}',
    'tile.muted': 'Microphone off',
    'tile.large': 'Show large',
    'tile.small': 'Show in the grid',
    'quality.poor': 'Weak connection',
    'screen.own': 'You share your screen',
    'screen.of': '{name} shares a screen',

    'stage.people': 'People in the meeting',
    'stage.audience': 'Watching',
    'stage.more': 'and {count} more',
    'stage.empty': 'Nobody is speaking yet. The meeting starts here as soon '
        + 'as someone joins.',
    'stage.listen': 'Click to hear the meeting',
    'stage.listen.why': 'The browser waits for a click before it plays '
        + 'sound.',
    'stage.controls': 'Meeting controls',

    'state.returning': 'Connection lost. Coming back…',

    'refused.full': 'This meeting is full. Try again when someone has left.',
    'refused.closed': 'This meeting is closed. Ask the host to open it.',
    'refused.link': 'This meeting is entered with its full link. Ask the '
                    + 'host for it.',
    'refused.unknown': 'This meeting does not exist. Check the link, or ask '
        + 'for a new one.',
    'refused.taken': 'Someone is in this meeting with your identity. Try '
        + 'again.',
    'refused.busy': 'Too many people are joining at this moment. Try again '
        + 'in a few seconds.',
    'refused.away': 'The server does not answer. Check your connection, '
        + 'then try again.',
    'refused.media': 'The connection to the meeting could not be made. A '
        + 'firewall may block it. Try again, or use another network.',
    'refused.other': 'You cannot join now: {detail}',

    'trouble.test': 'Test the connection',

    'end.left': 'You left the meeting',
    'end.elsewhere': 'You joined this meeting from another window or device',
    'end.shutdown': 'The server was stopped',
    'end.removed': 'You were removed from the meeting',
    'end.deleted': 'The meeting was deleted by its host',
    'end.closed': 'The meeting was closed by its host',
    'end.lost': 'The connection was lost',
    'end.again': 'Join again',

    'error.title': 'There is nothing here',
    'error.text': 'This page does not exist. Check the link.',
    'error.room.title': 'This meeting does not exist',
    'error.room.text': 'Check the link, or ask for a new one.',
    'error.server.title': 'The server cannot answer now',
    'error.server.text': 'It is being restarted or has lost its database. '
        + 'Try again in a moment.',
    'error.home': 'To the dashboard',
    'error.again': 'Try again',

    'sign.title': 'Sign in',
    'sign.text': 'Create rooms and share them with a link.',
    'sign.user': 'User name or e-mail',
    'sign.password': 'Password',
    'sign.in': 'Sign in',
    'sign.out': 'Sign out',
    'sign.wrong': 'The user name or the password is wrong.',
    'sign.ended': 'Your session has ended. Please sign in again.',

    'api.away': 'The server does not answer. Check your connection, then '
        + 'try again.',
    'api.failed': 'That did not work. Try again.',
    'api.said': '{detail}',

    'rooms.title': 'Rooms',
    'rooms.count': '{count} rooms',
    'rooms.count.one': 'One room',
    'rooms.search': 'Search rooms',
    'rooms.new': 'New room',
    'rooms.loading': 'Loading rooms…',
    'rooms.empty.title': 'No rooms yet',
    'rooms.empty.text': 'A room is a meeting with a link of its own. Create '
        + 'the first one, then send its link.',
    'rooms.none': 'No room matches “{search}”.',
    'rooms.before': 'Newer',
    'rooms.after': 'Older',
    'rooms.range': '{from}–{to} of {count}',
    'rooms.pages': 'Pages of rooms',

    'room.active': 'Open',
    'room.inactive': 'Closed',
    'room.audio': 'Audio only',
    'room.people': '{count} of {max} people',
    'room.people.any': 'People: {count}',
    'room.since': 'created {day}',
    'room.open': 'Join',
    'room.share': 'Share',
    'room.edit': 'Edit',
    'room.close': 'Close the room',
    'room.reopen': 'Open the room',
    'room.delete': 'Delete',
    'room.closed': '“{name}” is closed. Everyone in it was sent out.',
    'room.opened': '“{name}” is open.',
    'room.deleted': '“{name}” was deleted.',
    'room.saved': '“{name}” was saved.',
    'room.created': '“{name}” was created.',

    'form.new': 'New room',
    'form.edit': 'Edit room',
    'form.name': 'Name',
    'form.name.example': 'Weekly meeting',
    'form.name.wrong': 'Please give the room a name of at most 200 '
        + 'characters.',
    'form.max': 'How many people at most',
    'form.max.any': 'no limit',
    'form.max.wrong': 'Please enter a number from 1 to 10000.',
    'form.media': 'What people can send',
    'form.media.video': 'Video and audio',
    'form.media.audio': 'Audio only',
    'form.active': 'Open: people can join',
    'form.chat': 'Chat',
    'form.screen': 'Screen sharing',
    'form.advanced': 'Advanced',
    'form.webhook': 'Webhook address',
    'form.webhook.text': 'This program is told what happens in the room.',
    'form.webhook.wrong': 'This is no address. It looks like '
        + 'https://backend.example.com/events.',
    'form.cancel': 'Cancel',
    'form.create': 'Create room',
    'form.save': 'Save',

    'delete.title': 'Delete “{name}”?',
    'delete.text': 'Everyone in it is sent out and its links stop working. '
        + 'This cannot be undone.',
    'delete.do': 'Delete room',

    'share.title': 'Share “{name}”',
    'share.speaker': 'Meeting link',
    'share.speaker.text': 'Whoever opens it can speak and show.',
    'share.view': 'View-only link',
    'share.view.text': 'Whoever opens it can watch and write.',
    'share.iframe': 'Embed in a page',
    'share.iframe.text': 'Paste it into the HTML of your site.',
    'share.close': 'Done',

    'copy.do': 'Copy',
    'copy.done': 'Copied',
    'copy.failed': 'The browser does not allow copying. Select the text and '
        + 'copy it.',

    'token.title': 'API token',
    'token.text': 'Programs send it in the header x-access-token. Keep it '
        + 'secret: whoever has it can do everything you can.',
    'token.show': 'Show',
    'token.hide': 'Hide',
    'token.rotate': 'Replace the token',
    'token.rotate.text': 'The present token stops working at once: update '
        + 'every program that uses it.',
    'token.rotate.do': 'Replace it now',
    'token.rotated': 'The token was replaced.',
};
