/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Spanish, of the test of the connection.
 */


export default {
    'test.title': 'Prueba de conexión',
    'test.text': 'Prueba todos los caminos entre este navegador y las '
        + 'reuniones. Tarda un minuto como máximo y no usa ni la cámara ni '
        + 'el micrófono.',
    'test.start': 'Empezar la prueba',
    'test.again': 'Probar de nuevo',
    'test.running': 'Probando…',
    'test.copy': 'Copiar el informe',
    'test.copied': 'El informe se ha copiado.',
    'test.copy.failed': 'El navegador no permite copiar. Seleccione el '
        + 'informe y cópielo.',
    'test.report': 'Informe',
    'test.legs': 'Caminos hacia las reuniones',

    'leg.websocket': 'WebSocket',
    'leg.websocket.text': 'Señalización: quién está y qué se envía',
    'leg.udp': 'UDP',
    'leg.udp.text': 'Vídeo y audio por el camino directo',
    'leg.tcp': 'TCP',
    'leg.tcp.text': 'Vídeo y audio donde UDP está bloqueado',
    'leg.turn-udp': 'Relé por UDP',
    'leg.turn-udp.text': 'TURN, para redes con pocos puertos abiertos',
    'leg.turn-tcp': 'Relé por TCP',
    'leg.turn-tcp.text': 'TURN, donde UDP está bloqueado',
    'leg.turn-tls': 'Relé por TLS',
    'leg.turn-tls.text': 'TURN, parece una web segura cualquiera',

    'leg.idle': 'En espera',
    'leg.running': 'Probando',
    'leg.works': 'Funciona',
    'leg.fails': 'No funciona',
    'leg.absent': 'No se ofrece',
    'leg.skipped': 'Sin probar',

    'leg.websocket.hint': 'Un proxy, un cortafuegos o una extensión del '
        + 'navegador detiene los WebSockets. Sin ellos no hay reunión: '
        + 'permita conexiones WebSocket a este servidor.',
    'leg.udp.hint': 'Parece que un cortafuegos bloquea UDP hacia los puertos '
        + 'de medios del servidor. Abrirlos da la mejor calidad.',
    'leg.tcp.hint': 'Parece que un cortafuegos bloquea TCP hacia los puertos '
        + 'de medios del servidor.',
    'leg.turn-udp.hint': 'Parece que un cortafuegos bloquea UDP hacia el '
        + 'puerto TURN del servidor, o el relé no llega a los puertos de '
        + 'medios.',
    'leg.turn-tcp.hint': 'Parece que un cortafuegos bloquea TCP hacia el '
        + 'puerto TURN del servidor.',
    'leg.turn-tls.hint': 'Parece que un cortafuegos bloquea el puerto TURN '
        + 'por TLS, o el certificado del nombre TURN no es de confianza o no '
        + 'vale para él.',

    'leg.time': 'conectado en {ms} ms',
    'leg.round': 'ida y vuelta {ms} ms',
    'leg.targets': 'Hay que abrir: {targets}',
    'leg.details': 'Detalles',

    'verdict.good': 'Puede participar. El mejor camino es {way}.',
    'verdict.slow': 'Puede participar, pero el vídeo puede ir lento a veces: '
        + 'el mejor camino es {way}. Abrir UDP en el cortafuegos ayudaría.',
    'verdict.blocked': 'No puede participar desde esta red: no pasan ni el '
        + 'vídeo ni el audio. Pruebe otra red o entregue el informe a quien '
        + 'se ocupa de su cortafuegos.',
    'verdict.signal': 'No puede participar: este navegador no logra mantener '
        + 'una conexión con el servidor.',
    'verdict.away': 'La prueba no ha podido empezar. {reason}',
};
